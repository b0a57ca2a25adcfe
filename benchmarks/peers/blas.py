"""Which BLAS the peers multiply matrices with."""

import sys


def refuse_reference():
    """Ends a process that has it, once PyTorch or FAISS is imported: it is many times slower."""
    with open("/proc/self/maps") as mapped:
        if "/blas/libblas.so" in mapped.read():
            sys.exit("this process has the reference BLAS: apt-get install libopenblas0-pthread")
