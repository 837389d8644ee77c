"""quantise.py MODEL TEXTS: ONNX Runtime's own quantisations of torch-fp32.onnx, dynamic and static (32 texts)."""
import sys

# First: Debian's ONNX Runtime shares its library, and complains at length the other way round.
import onnx  # noqa: F401
import transformers
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static

folder, file = sys.argv[1:3]
names = ["input_ids", "attention_mask", "token_type_ids"]
tokenizer = transformers.AutoTokenizer.from_pretrained(folder)


class Texts(CalibrationDataReader):
    def __init__(self, texts):
        encoded = [tokenizer([t], return_tensors="np", return_token_type_ids=True) for t in texts]
        self.batches = iter([{name: e[name] for name in names} for e in encoded])

    def get_next(self):
        return next(self.batches, None)


quantize_dynamic("torch-fp32.onnx", "torch-int8-dynamic.onnx", weight_type=QuantType.QInt8, per_channel=True)
calibration = Texts(open(file, encoding="utf-8").read().splitlines()[:32])
quantize_static("torch-fp32.onnx", "torch-int8-static.onnx", calibration, quant_format=QuantFormat.QDQ, per_channel=True,
                activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
