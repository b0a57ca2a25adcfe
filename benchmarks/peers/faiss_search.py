#!/usr/bin/python3
"""FAISS on the keys of `benchmarks/run vector-search --keys FILE`: exact and along graphs.

One thread, rates per second of its processor time; graphs as there: at most 32 links on the lowest
layer, 16 above, insertions with a beam of 100. Queries are the keys that follow those in the index.
Needs Debian's python3-faiss and libopenblas0-pthread.
"""

import argparse
import time

import blas
import faiss
import numpy


def read(path, count):
    with open(path, "rb") as file:
        width, there = numpy.frombuffer(file.read(8), ">i4")
        if there < count:
            raise SystemExit(f"{path} holds {there} keys, {count} are needed")
        values = numpy.frombuffer(file.read(4 * count * width), ">f4")
    return values.astype(numpy.float32).reshape(count, width)


def timed(work):
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("keys")
    parser.add_argument("--counts", default="10000,100000")
    parser.add_argument("--beams", default="32,64,128")
    parser.add_argument("--neighbours", type=int, default=32)
    parser.add_argument("--queries", type=int, default=1024)
    args = parser.parse_args()
    blas.refuse_reference()
    faiss.omp_set_num_threads(1)
    print(f"FAISS {faiss.__version__}")
    print("| keys | search | beam | recall | queries/s | inserts/s |")
    print("|---|---|---|---|---|---|")
    for count in map(int, args.counts.split(",")):
        keys = read(args.keys, count + args.queries)
        stored, asked = keys[:count], keys[count:]
        flat = faiss.IndexFlatL2(keys.shape[1])
        _, adding = timed(lambda: flat.add(stored))
        flat.search(asked[:32], args.neighbours)  # to warm up
        (_, right), took = timed(lambda: flat.search(asked, args.neighbours))
        print(f"| {count} | flat | | 1 | {len(asked) / took:.0f} | |", flush=True)
        graph = faiss.IndexHNSWFlat(keys.shape[1], 16)
        graph.hnsw.efConstruction = 100
        _, adding = timed(lambda: graph.add(stored))
        for beam in map(int, args.beams.split(",")):
            graph.hnsw.efSearch = beam
            (_, found), took = timed(lambda: graph.search(asked, args.neighbours))
            hits = sum(len(numpy.intersect1d(a, b)) for a, b in zip(found, right))
            recall = hits / right.size
            print(
                f"| {count} | graph | {beam} | {recall:.3f} | {len(asked) / took:.0f}"
                f" | {count / adding:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
