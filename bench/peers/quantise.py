"""ONNX Runtime's own int8 of a dense portable export: quantise.py DENSE TEXTS DYNAMIC STATIC (folders; the last two are written).

Dynamic: quantize_dynamic, per channel. Static: QDQ on MatMul, per channel, uint8 activations, MinMax over the texts.
"""
import os
import shutil
import sys

from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from transformers import AutoTokenizer

dense, texts, dynamic, static = sys.argv[1:5]
source = os.path.join(dense, "onnx", "model.onnx")
tokenizer = AutoTokenizer.from_pretrained(dense)


class Texts(CalibrationDataReader):
    def __init__(self):
        lines = open(texts, encoding="utf-8").read().split("\n")[:128]
        self.rows = iter([{k: v for k, v in tokenizer(line, return_tensors="np", truncation=True, max_length=128).items()} for line in lines if line])

    def get_next(self):
        return next(self.rows, None)


for folder in (dynamic, static):
    shutil.copytree(dense, folder, ignore=shutil.ignore_patterns("model.onnx"))
quantize_dynamic(source, os.path.join(dynamic, "onnx", "model.onnx"), per_channel=True, weight_type=QuantType.QInt8)
quantize_static(source, os.path.join(static, "onnx", "model.onnx"), Texts(), quant_format=QuantFormat.QDQ, op_types_to_quantize=["MatMul"],
                per_channel=True, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
