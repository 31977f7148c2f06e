# MLCommons' clients put inputs between double quotes into a shell script: what would end the quotes, or run within them, is refused here.
def preprocess(i):
    for name, value in sorted(i["env"].items()):
        if name.startswith("REPRISE_") and any(mark in str(value) for mark in '"$`\\\n\r'):
            return {"return": 1, "error": f"{name} may not hold quotes, dollar signs, backslashes or line breaks: {value!r}"}
    return {"return": 0}
