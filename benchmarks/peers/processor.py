"""How all peers use the processor."""

import sys

import torch


def use(threads):
    """Refuses the reference BLAS: an update of text takes nine times as long with it."""
    torch.set_num_threads(threads)
    with open("/proc/self/maps") as mapped:
        if "/blas/libblas.so" in mapped.read():
            sys.exit("PyTorch has the reference BLAS here: apt-get install libopenblas0-pthread")
