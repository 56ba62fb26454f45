// .npy files of numbers: read float32 and float64 in C order, write float32.

import { readFileSync, writeFileSync } from "node:fs";

export function readNpy(path) {
  const bytes = readFileSync(path);
  const headerSize = bytes[6] === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const begin = (bytes[6] === 1 ? 10 : 12) + headerSize;
  const header = bytes.toString("latin1", 10, begin);
  const kind = header.match(/'descr': '<(f[48])'/)?.[1];
  if (!kind || header.includes("'fortran_order': True")) throw new Error(`${path}: not float32 or float64 in C order`);
  const shape = header.match(/'shape': \(([^)]*)\)/)[1].split(",").filter((size) => size.trim()).map(Number);
  const body = bytes.buffer.slice(bytes.byteOffset + begin, bytes.byteOffset + bytes.length);
  return { shape, data: kind === "f4" ? new Float32Array(body) : new Float64Array(body) };
}

export function writeNpy(path, shape, data) {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  const total = Math.ceil((10 + text.length + 1) / 64) * 64;
  const head = Buffer.alloc(10);
  head.write("\x93NUMPY\x01\x00", "latin1");
  head.writeUInt16LE(total - 10, 8);
  const header = Buffer.from(text.padEnd(total - 11) + "\n", "latin1");
  writeFileSync(path, Buffer.concat([head, header, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]));
}
