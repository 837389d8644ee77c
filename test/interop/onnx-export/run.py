"""Checks exported folders with onnx.checker and runs them in Python's ONNX Runtime: the dense ones against their reference outputs.
usage: run.py   (in the folder of make.sh's work, in the reference environment)"""
import glob, json, os
import numpy as np, onnx, onnxruntime, tokenizers, transformers
from safetensors.numpy import load_file

print('onnx', onnx.__version__, 'onnxruntime', onnxruntime.__version__)
folders = sorted(f for f in (os.path.dirname(os.path.dirname(p)) for p in glob.glob('*/onnx/model.onnx')) if not f.endswith('.tokenizer'))
assert folders
for folder in folders:
    path = folder + '/onnx/model.onnx'
    model = onnx.load(path)
    domains = {n.domain for n in model.graph.node}
    if '.portable' in folder:
        assert domains == {''}, domains
        onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
    case = folder.split('.')[0]
    dense = load_file(f'{case}.portable.dense/reference.safetensors')
    feeds = {}
    for item in session.get_inputs():
        if item.name.startswith('past_'):
            feeds[item.name] = np.zeros((dense['input_ids'].shape[0], item.shape[1], 0, item.shape[3]), np.float32)
        else:
            feeds[item.name] = dense.get(item.name, np.zeros_like(dense['input_ids']))
    name = session.get_outputs()[0].name
    output = session.run([name], feeds)[0]
    assert np.isfinite(output).all(), folder
    line = ''
    if os.path.exists(folder + '/reference.safetensors'):
        expected = dense[name]
        real = dense['attention_mask'].astype(bool) if expected.ndim == 3 else slice(None)
        worst = np.abs(expected[real] - output[real]).max() / (expected[real].max() - expected[real].min())
        assert worst <= 1e-4, (folder, worst)
        line = f'{worst:.1e} of the range'
    print(folder, name, output.shape, line)
print('folders', len(folders))

print('tokenizers', tokenizers.__version__, 'transformers', transformers.__version__)
for folder in sorted(glob.glob('*.tokenizer')):
    expected = json.load(open(folder + '/expected.json'))
    one = tokenizers.Tokenizer.from_file(folder + '/tokenizer.json')
    for item in expected['single']:
        # mpnet's own tokenizer.json has one added token, <unk>, of which the older files don't speak
        if folder == 'mpnet.tokenizer' and '<unk>' in item['text']: continue
        assert one.encode(item['text']).ids == item['ids'], (folder, item['text'])
        assert one.encode(item['text'], add_special_tokens=False).ids == item['ids_no_special'], (folder, item['text'])
    auto = transformers.AutoTokenizer.from_pretrained(folder)
    for item in expected['pairs_max_24']:
        both = auto(item['a'], item['b'], truncation='longest_first', max_length=24)
        assert both['input_ids'] == item['ids'] and both.get('token_type_ids') == item['type_ids'], (folder, item)
    print(folder, type(auto).__name__, len(expected['single']), 'texts', len(expected['pairs_max_24']), 'pairs')
