# Sourced by the benchmarks, from the repository's root: builds reprise-bench, says what the machine is, and finds Python's libraries.
#
#   REPRISE_BENCH_HOME  where Python's packages are installed (default .build/bench)
#   REPRISE_BENCH_TORCH what pip is to install for PyTorch (default torch)
#   BENCH_ROUNDS        turns (default 3)
turns=${BENCH_ROUNDS:-3}
home=${REPRISE_BENCH_HOME:-.build/bench}
python=$home/bin/python

swift build -c release --product reprise-bench >/dev/null
date -u +%Y-%m-%d
grep -m1 'model name' /proc/cpuinfo || true
echo "load when started: $(cut -d' ' -f1-3 /proc/loadavg)"

has() { "$python" -c "import $1" 2>/dev/null; }
install() { has "$1" || "$python" -m pip install --quiet "${@:2}" >/dev/null 2>&1 || true; }

# Fills `libraries` with those of pytorch and jax that can be had, in a scratch environment; a line says what cannot.
find_libraries() {
    libraries=()
    if ! { [ -x "$python" ] || python3 -m venv "$home" >/dev/null 2>&1; }; then
        echo "skipped: ${*} (no Python environment can be made)"
        return
    fi
    install numpy numpy
    local library
    for library in "$@"; do
        case $library in
        pytorch)
            # Words for pip, so that a build for processors alone can be asked for where there is one.
            local torch
            read -ra torch <<<"${REPRISE_BENCH_TORCH:-torch}"
            install torch "${torch[@]}"
            if has numpy && has torch; then libraries+=(pytorch); else echo "skipped: PyTorch cannot be installed here"; fi
            ;;
        jax)
            install jax jax
            if has numpy && has jax; then libraries+=(jax); else echo "skipped: JAX cannot be installed here"; fi
            ;;
        esac
    done
}
