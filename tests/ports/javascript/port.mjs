// node port.mjs SAMPLES.npy ENCODER.onnx FPS FOLDER: writes what `koemorph ave validate` compares.

import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as ort from "onnxruntime-web";
import { readNpy, writeNpy } from "./npy.mjs";
import { encode, melSpectrogram, melWindows, padded, tensor } from "./pipeline.mjs";

const [samplesPath, encoderPath, fps, folder] = process.argv.slice(2);
if (!folder) {
  console.error("node port.mjs SAMPLES.npy ENCODER.onnx FPS FOLDER");
  process.exit(2);
}
const [numerator, denominator = 1] = fps.split("/").map(Number);
ort.env.wasm.numThreads = 1;
const session = await ort.InferenceSession.create(await readFile(encoderPath), { executionProviders: ["wasm"] });

const { data } = readNpy(samplesPath);
const spectrogram = melSpectrogram(data);
const { count, windows } = melWindows(spectrogram, numerator, denominator);
const features = await encode(session, ort, { count, windows });
const rows = padded(features);

mkdirSync(join(folder, "frames"), { recursive: true });
writeNpy(join(folder, "mel_spectrogram.npy"), [80, spectrogram.frames], spectrogram.mel);
writeNpy(join(folder, "mel_windows.npy"), [count, 80, 16], windows);
writeNpy(join(folder, "audio_features.npy"), [count, 512], features);
writeNpy(join(folder, "audio_features_padded.npy"), [count + 2, 512], rows);
for (let frame = 0; frame < count; frame++) {
  const name = `frame_${String(frame).padStart(5, "0")}_reshaped.npy`;
  writeNpy(join(folder, "frames", name), [32, 16, 16], tensor(rows, frame));
}
console.log(`${count} frames`);
process.exit(0);
