// Loads exported folders with transformers.js and holds what it computes against what ffsplit computes.
// node check.mjs FFSPLIT MODELS: MODELS holds encoder/ (feature extraction), classifier/ and decoder/, each as `ffsplit export` wrote it;
// a missing one is passed over and said.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { env, pipeline } from "@huggingface/transformers";

const [ffsplit, models] = process.argv.slice(2);
env.localModelPath = models;
env.allowRemoteModels = false;
const text = "The old men sang loud songs of rain.";
const run = (...args) => execFileSync(ffsplit, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
const options = { dtype: "fp32" };
let failed = 0;

function report(name, difference, allowed) {
  const good = difference <= allowed;
  if (!good) failed++;
  console.log(`${good ? "ok  " : "FAIL"} ${name}: ${difference} (allowed ${allowed})`);
}

const checks = {
  async encoder(folder) {
    const extract = await pipeline("feature-extraction", "encoder", options);
    const theirs = (await extract(text, { pooling: "mean", normalize: true })).tolist()[0];
    const ours = JSON.parse(run("embed", folder, text)).embedding;
    report("feature extraction", Math.max(...ours.map((v, i) => Math.abs(v - theirs[i]))), 1e-5);
  },
  async classifier(folder) {
    const classify = await pipeline("text-classification", "classifier", options);
    const theirs = (await classify(text, { top_k: null })).sort((a, b) => b.score - a.score);
    const ours = JSON.parse(run("run", folder, text, "--json")).answers;
    report("classification", Math.max(...ours.map((a, i) => a.name === theirs[i].label ? Math.abs(a.value - theirs[i].score) : 1)), 1e-4);
  },
  async decoder(folder) {
    const generate = await pipeline("text-generation", "decoder", options);
    const theirs = (await generate(text, { max_new_tokens: 32, do_sample: false, return_full_text: false }))[0].generated_text;
    const ours = JSON.parse(run("generate", folder, text, "--max-tokens", "32", "--json")).text;
    report("generation, characters apart", theirs === ours ? 0 : 1, 0);
  },
};

for (const [name, check] of Object.entries(checks)) {
  const folder = join(models, name);
  if (existsSync(folder)) await check(folder);
  else console.log(`skip ${name}: no folder ${folder}`);
}
process.exit(failed ? 1 : 0);
