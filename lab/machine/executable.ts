/** What kind of program a file is. ELF header and program headers: System V ABI, chapters 4 and 5. */
import { closeSync, openSync, readSync } from 'node:fs';

/** Program header that names the dynamic loader. */
const programInterpreter = 3;
/** More than any real program's headers, which stand at the start of the file. */
const headerBytes = 8192;

function start(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(headerBytes);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, headerBytes, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** Whether a file is an ELF program that needs no dynamic loader, so that it runs in an image of nothing else. */
export function isStaticExecutable(file: string): boolean {
  const bytes = start(file);
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46) return false;
  const wide = bytes[4] === 2;
  const little = bytes[5] === 1;
  const u16 = (at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const u32 = (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const table = wide ? Number(little ? bytes.readBigUInt64LE(32) : bytes.readBigUInt64BE(32)) : u32(28);
  const entryBytes = u16(wide ? 54 : 42);
  const entries = u16(wide ? 56 : 44);
  for (let entry = 0; entry < entries; entry++) {
    const at = table + entry * entryBytes;
    if (at + 4 > bytes.length) return false;
    if (u32(at) === programInterpreter) return false;
  }
  return true;
}
