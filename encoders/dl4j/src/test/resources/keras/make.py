"""Writes the Keras files of this folder, as Keras 2.9 lays them out, and what their features must be.

Needs numpy and h5py (Debian: python3-h5py), not Keras. The features are worked out here in float64, from
what Keras documents of its layers:

* Conv2D correlates, kernels are [height, width, in, out] whatever the data format;
* Flatten goes row by row, column by column, channel by channel whatever the data format it is told: told
  channels_first, it puts the channels last before.

    python3 make.py
"""

import json

import h5py
import numpy as np

CHANNELS, HEIGHT, WIDTH = 3, 10, 8
FILTERS, FEATURES, CLASSES = 4, 6, 3


def image():
    """[C, H, W] in [0, 1]; KerasFilesTest makes the same."""
    return (np.arange(CHANNELS * HEIGHT * WIDTH) * 7919 % 256 / 255.0).reshape(CHANNELS, HEIGHT, WIDTH)


def weights():
    random = np.random.RandomState(7)
    flat = FILTERS * ((HEIGHT - 2) // 2) * ((WIDTH - 2) // 2)
    shapes = {
        "conv": [(3, 3, CHANNELS, FILTERS), (FILTERS,)],
        "features": [(flat, FEATURES), (FEATURES,)],
        "classes": [(FEATURES, CLASSES), (CLASSES,)],
    }
    return {
        name: [random.uniform(-0.3, 0.3, shape).astype(np.float32) for shape in both]
        for name, both in shapes.items()
    }


def pooled(x, kernel, bias):
    """relu(conv), then the largest of 2 x 2: [h, w, FILTERS] of x [H, W, C]."""
    h, w = x.shape[0] - 2, x.shape[1] - 2
    y = np.zeros((h, w, FILTERS))
    for i in range(h):
        for j in range(w):
            y[i, j] = np.tensordot(x[i : i + 3, j : j + 3], kernel.astype(np.float64), 3) + bias
    y = np.maximum(y, 0)
    return y.reshape(h // 2, 2, w // 2, 2, FILTERS).max(axis=(1, 3))


def expected(all_weights, flatten):
    maps = pooled(image().transpose(1, 2, 0), *all_weights["conv"])
    flat = (maps if flatten == "rows" else maps.transpose(2, 0, 1)).reshape(-1)
    kernel, bias = all_weights["features"]
    return np.tanh(flat @ kernel.astype(np.float64) + bias), maps


def layers(data_format, flatten_format):
    last = data_format == "channels_last"
    shape = [None, HEIGHT, WIDTH, CHANNELS] if last else [None, CHANNELS, HEIGHT, WIDTH]
    common = {"trainable": True, "dtype": "float32"}
    dense = {"use_bias": True, "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}},
             "bias_initializer": {"class_name": "Zeros", "config": {}}, "kernel_regularizer": None,
             "bias_regularizer": None, "activity_regularizer": None, "kernel_constraint": None,
             "bias_constraint": None}
    return [
        ("InputLayer", {"batch_input_shape": shape, "dtype": "float32", "sparse": False, "ragged": False,
                        "name": "image"}),
        ("Conv2D", {"name": "conv", **common, "filters": FILTERS, "kernel_size": [3, 3], "strides": [1, 1],
                    "padding": "valid", "data_format": data_format, "dilation_rate": [1, 1], "groups": 1,
                    "activation": "relu", **dense}),
        ("MaxPooling2D", {"name": "pool", **common, "pool_size": [2, 2], "padding": "valid", "strides": [2, 2],
                          "data_format": data_format}),
        ("Flatten", {"name": "flatten", **common, "data_format": flatten_format}),
        ("Dense", {"name": "features", **common, "units": FEATURES, "activation": "tanh", **dense}),
        ("Dense", {"name": "classes", **common, "units": CLASSES, "activation": "softmax", **dense}),
    ]


def sequential(all_layers):
    return {"class_name": "Sequential", "config": {
        "name": "sequential", "layers": [{"class_name": c, "config": config} for c, config in all_layers]}}


def functional(all_layers):
    described, before = [], None
    for class_name, config in all_layers:
        described.append({"class_name": class_name, "config": config, "name": config["name"],
                          "inbound_nodes": [[[before, 0, 0, {}]]] if before else []})
        before = config["name"]
    return {"class_name": "Functional", "config": {
        "name": "model", "layers": described, "input_layers": [["image", 0, 0]],
        "output_layers": [["classes", 0, 0]]}}


def write(file, model, all_weights):
    with h5py.File(file, "w") as f:
        f.attrs["keras_version"] = b"2.9.0"
        f.attrs["backend"] = b"tensorflow"
        f.attrs["model_config"] = json.dumps(model).encode("utf8")
        root = f.create_group("model_weights")
        names = [layer["config"]["name"] for layer in model["config"]["layers"]]
        root.attrs["layer_names"] = [name.encode("utf8") for name in names]
        root.attrs["backend"] = b"tensorflow"
        root.attrs["keras_version"] = b"2.9.0"
        for name in names:
            group = root.create_group(name)
            of_layer = all_weights.get(name, [])
            paths = [f"{name}/{kind}:0" for kind in ("kernel", "bias")][: len(of_layer)]
            group.attrs["weight_names"] = [path.encode("utf8") for path in paths]
            for path, value in zip(paths, of_layer):
                group.create_dataset(path, data=value)


def main():
    all_weights = weights()
    files = {
        "channels-last.h5": (sequential, "channels_last", "channels_last"),
        "channels-first.h5": (sequential, "channels_first", "channels_first"),
        # A network whose layers alone were told, on a Keras set to channels_last: Flatten keeps the order.
        "channels-first-told-late.h5": (sequential, "channels_first", "channels_last"),
        "functional.h5": (functional, "channels_last", "channels_last"),
    }
    with open("expected.txt", "w") as golden:
        for file, (kind, data_format, flatten_format) in files.items():
            write(file, kind(layers(data_format, flatten_format)), all_weights)
            by_channels = data_format == "channels_first" and flatten_format == "channels_last"
            features, maps = expected(all_weights, "channels" if by_channels else "rows")
            golden.write(f"{file} features " + " ".join(f"{v:.9f}" for v in features) + "\n")
            if file == "channels-last.h5":
                golden.write(f"{file} pool " + " ".join(f"{v:.9f}" for v in maps.reshape(-1)) + "\n")


main()
