"""Runs dense-shaped exports in Hugging Face transformers on the batch of their golden folder and keeps the outputs at real tokens.
usage: run.py   (in the folder of make.sh's work, in the reference environment)"""
import glob, json, os, torch, transformers
from safetensors.torch import load_file, save_file
print('torch', torch.__version__, 'transformers', transformers.__version__)
for folder in sorted(d for d in glob.glob('*.paper') + glob.glob('*.prune-light') if os.path.isdir(d)):
    name = json.load(open(folder + '/config.json'))['architectures'][0]
    model, info = getattr(transformers, name).from_pretrained(folder, attn_implementation='eager', dtype=torch.float32, output_loading_info=True)
    missing = [k for k in info['missing_keys'] if 'pooler' not in k]
    assert not missing and not info['mismatched_keys'], (folder, info)
    reference = load_file(folder + '/reference.safetensors')
    inputs = {k: reference[k] for k in ('input_ids', 'attention_mask', 'token_type_ids') if k in reference}
    with torch.no_grad(): output = model.eval()(**inputs)
    value = output.logits if 'logits' in output else output.last_hidden_state
    if value.dim() == 3: value = value[inputs['attention_mask'].bool()]
    save_file({'output': value.contiguous()}, folder + '.out.safetensors', metadata={'torch': torch.__version__, 'transformers': transformers.__version__})
    print(folder, name, tuple(value.shape), 'unexpected', info['unexpected_keys'])
