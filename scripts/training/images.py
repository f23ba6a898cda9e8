"""CIFAR-10 images as the files of $ACCELSIM_DATA/cifar10 hold them: uint8, (N, 3, 32, 32), RGB."""
import io
import pathlib

import numpy as np

from .quantizers import round_away

SIDE = 32
RECORD_BYTES = 1 + 3 * SIDE * SIDE
# The original pixels are few beside the JPEG images, and what the network is to see later.
LOSSLESS_COPIES = 3


def read_records(path):
    """Images and labels of CIFAR-10's binary records."""
    records = np.frombuffer(pathlib.Path(path).read_bytes(), np.uint8).reshape(-1, RECORD_BYTES)
    return records[:, 1:].reshape(-1, 3, SIDE, SIDE), records[:, 0].astype(np.int64)


def read_jpeg_pack(path):
    """Images and labels of an archive of JPEG files: `blob` end to end, `off`sets, labels `y`."""
    from PIL import Image

    pack = np.load(path)
    blob, offsets = pack["blob"].tobytes(), pack["off"]
    images = np.empty((len(pack["y"]), 3, SIDE, SIDE), np.uint8)
    for i in range(len(images)):
        image = Image.open(io.BytesIO(blob[offsets[i] : offsets[i + 1]])).convert("RGB")
        images[i] = np.asarray(image).transpose(2, 0, 1)
    return images, pack["y"].astype(np.int64)


def training_set(folder):
    """The official batches where they are there, else the JPEG images and the lossless ones."""
    folder = pathlib.Path(folder) / "cifar10"
    parts = [read_records(path) for path in sorted(folder.glob("data_batch_*.bin"))]
    if not parts:
        jpeg, lossless = folder / "train_jpeg_pack.npz", folder / "train_lossless_4660.bin"
        missing = [str(path) for path in (jpeg, lossless) if not path.exists()]
        if missing:
            raise SystemExit(f"{folder}: needs data_batch_*.bin, or {' and '.join(missing)}")
        parts = [read_jpeg_pack(jpeg)] + [read_records(lossless)] * LOSSLESS_COPIES
    return tuple(np.concatenate(column) for column in zip(*parts))


def real(images, preprocessing):
    """(pixel / scale - mean) / std, as float32."""
    mean, std = (np.array(preprocessing[key])[:, None, None] for key in ("mean", "std"))
    return ((images / preprocessing["scale"] - mean) / std).astype(np.float32)


def quantize(images, preprocessing, scale):
    """int8 steps of `scale`."""
    table = real(np.arange(256).reshape(256, 1, 1, 1), preprocessing).astype(float)[:, :, 0, 0]
    table = np.clip(round_away(table / scale), -128, 127).astype(np.int8)
    return table[images, np.arange(images.shape[1])[:, None, None]]


def input_scale(preprocessing):
    """One step of the network's signed 8-bit input: the largest value that a pixel can take over 127."""
    extremes = real(np.array([0, 255]).reshape(2, 1, 1, 1), preprocessing)
    return float(np.abs(extremes).max()) / 127


def augment(images, random, shift=4):
    """Each image flipped or not, and shifted by up to `shift` pixels; zeros come in."""
    count = len(images)
    padded = np.pad(images, ((0, 0), (0, 0), (shift, shift), (shift, shift)))
    top, left = random.integers(0, 2 * shift + 1, (2, count, 1))
    rows = top + np.arange(SIDE)
    columns = left + np.arange(SIDE)
    columns = np.where(random.random((count, 1)) < 0.5, columns, columns[:, ::-1])
    # (N, 32, 32, 3): the order that the convolutions run fastest in
    return padded.transpose(0, 2, 3, 1)[np.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]
