// Sound to the tensors of SyncTalk_2D, after extras/koemorph_ave/PORTS.md alone. Section numbers are those of that page.

const RATE = 16000, HOP = 200, SIZE = 800, BINS = SIZE / 2 + 1, BANDS = 80;
const WINDOW = 16, FEATURES = 512, REACH = 8;

// 2. Mel spectrogram: (80, frames), row after row.
export function melSpectrogram(samples) {
  const emphasised = Float64Array.from(samples, (x, n) => (n ? x - 0.97 * samples[n - 1] : x));
  const hann = Float64Array.from({ length: SIZE }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / SIZE));
  const filters = melFilters();
  const transform = fourier(SIZE);
  const frames = Math.floor(samples.length / HOP) + 1;
  const mel = new Float32Array(BANDS * frames);
  const piece = new Float64Array(SIZE), magnitude = new Float64Array(BINS);
  for (let frame = 0; frame < frames; frame++) {
    const begin = frame * HOP - SIZE / 2;
    for (let n = 0; n < SIZE; n++) piece[n] = (emphasised[begin + n] ?? 0) * hann[n];
    const [real, imaginary] = transform(piece);
    for (let bin = 0; bin < BINS; bin++) magnitude[bin] = Math.hypot(real[bin], imaginary[bin]);
    for (let band = 0; band < BANDS; band++) {
      let sum = 0;
      for (let bin = 0; bin < BINS; bin++) sum += filters[band * BINS + bin] * magnitude[bin];
      const decibels = 20 * Math.log10(Math.max(1e-5, sum)) - 20;
      mel[band * frames + frame] = Math.min(4, Math.max(-4, (8 * (decibels + 100)) / 100 - 4));
    }
  }
  return { frames, mel };
}

function melFilters() {
  const knee = 1000, step = Math.log(6.4) / 27;
  const toMel = (hz) => (hz < knee ? (3 * hz) / 200 : 15 + Math.log(hz / knee) / step);
  const toHz = (mel) => (mel < 15 ? (200 * mel) / 3 : knee * Math.exp(step * (mel - 15)));
  const low = toMel(55), high = toMel(7600);
  const edges = Array.from({ length: BANDS + 2 }, (_, i) => toHz(low + ((high - low) * i) / (BANDS + 1)));
  const filters = new Float64Array(BANDS * BINS);
  for (let band = 0; band < BANDS; band++) {
    const [lower, centre, upper] = edges.slice(band, band + 3);
    for (let bin = 0; bin < BINS; bin++) {
      const hz = (bin * RATE) / SIZE;
      const height = Math.max(0, Math.min((hz - lower) / (centre - lower), (upper - hz) / (upper - centre)));
      filters[band * BINS + bin] = (height * 2) / (upper - lower);
    }
  }
  return filters;
}

// A discrete Fourier transform of any length that is a product of small numbers: 800 = 2^5 * 5^2.
function fourier(size) {
  const cosine = Float64Array.from({ length: size }, (_, n) => Math.cos((2 * Math.PI * n) / size));
  const sine = Float64Array.from({ length: size }, (_, n) => -Math.sin((2 * Math.PI * n) / size));
  const split = (length) => [2, 3, 5, 7].find((factor) => length % factor === 0) ?? length;
  const part = (input, begin, stride, length) => {
    const real = new Float64Array(length), imaginary = new Float64Array(length);
    if (length === 1) {
      real[0] = input[begin];
      return [real, imaginary];
    }
    const factor = split(length), rest = length / factor;
    for (let k = 0; k < factor; k++) {
      const [subReal, subImaginary] = part(input, begin + k * stride, stride * factor, rest);
      for (let bin = 0; bin < length; bin++) {
        const turn = (k * bin * (size / length)) % size, at = bin % rest;
        real[bin] += cosine[turn] * subReal[at] - sine[turn] * subImaginary[at];
        imaginary[bin] += cosine[turn] * subImaginary[at] + sine[turn] * subReal[at];
      }
    }
    return [real, imaginary];
  };
  return (input) => part(input, 0, 1, size);
}

// 3. Windows: (count, 80, 16); fps is numerator / denominator.
export function melWindows({ frames, mel }, numerator, denominator) {
  const count = Math.trunc(((frames - WINDOW) / 80) * (numerator / denominator)) + 2;
  const windows = new Float32Array(count * BANDS * WINDOW);
  for (let i = 0; i < count; i++) {
    const start = Math.min(Math.floor((80 * i * denominator) / numerator), frames - WINDOW);
    for (let band = 0; band < BANDS; band++) {
      const from = band * frames + start;
      windows.set(mel.subarray(from, from + WINDOW), (i * BANDS + band) * WINDOW);
    }
  }
  return { count, windows };
}

// 4. Features: (count, 512), by the encoder's ONNX file.
export async function encode(session, ort, { count, windows }) {
  const features = new Float32Array(count * FEATURES), step = BANDS * WINDOW;
  for (let first = 0; first < count; first += 32) {
    const last = Math.min(first + 32, count);
    const input = new ort.Tensor("float32", windows.slice(first * step, last * step), [last - first, 1, BANDS, WINDOW]);
    features.set((await session.run({ mel: input })).features.data, first * FEATURES);
  }
  return features;
}

// 5. The first and the last row once more.
export function padded(features) {
  const rows = new Float32Array(features.length + 2 * FEATURES);
  rows.set(features.subarray(0, FEATURES), 0);
  rows.set(features, FEATURES);
  rows.set(features.subarray(features.length - FEATURES), FEATURES + features.length);
  return rows;
}

// 6. Tensor of a frame: rows frame - 8 to frame + 7, zeros outside.
export function tensor(rows, frame) {
  const result = new Float32Array(2 * REACH * FEATURES), count = rows.length / FEATURES;
  for (let place = 0; place < 2 * REACH; place++) {
    const row = frame - REACH + place;
    if (row >= 0 && row < count) result.set(rows.subarray(row * FEATURES, (row + 1) * FEATURES), place * FEATURES);
  }
  return result;
}
