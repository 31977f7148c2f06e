// placeholder of the package's first commit
