/** ASCII armor (RFC 9580, section 6.2; PROTOCOL.sshsig): exactly one block, nothing before, nothing after. */

/** Runs are looked at from their beginning alone: else many blanks would take time by their square. */
const lastLines = /(?<!\n)\n+$/;
const lastBlanks = /(?<![ \t\r])[ \t\r]+$/;
const linePattern = /^[A-Za-z0-9+/]*={0,2}$/;
/** Of OpenPGP alone: a line of SSH's, which are 70 long, may be padding and nothing else. */
const checksumPattern = /^=[A-Za-z0-9+/]{4}$/;
const headerPattern = /^(Version|Comment|Hash|Charset|MessageID): [\x20-\x7e]*$/;

/** @returns the bytes, or undefined when the text is not exactly one such block. */
export function readArmor(text: string, label: string): Buffer | undefined {
  const lines = text
    .replace(lastLines, '')
    .split('\n')
    .map(line => line.replace(lastBlanks, ''));
  if (lines.shift() !== `-----BEGIN ${label}-----` || lines.pop() !== `-----END ${label}-----`)
    return undefined;
  const isOpenpgp = label.startsWith('PGP');
  if (isOpenpgp) {
    while (lines[0] !== undefined && headerPattern.test(lines[0])) lines.shift();
    if (lines.shift() !== '') return undefined;
  }
  const checksum = isOpenpgp && checksumPattern.test(lines.at(-1) ?? '') ? lines.pop() : undefined;
  if (lines.length === 0 || !lines.every(line => line !== '' && linePattern.test(line))) return undefined;
  const base64 = lines.join('');
  if (base64.length % 4 !== 0 || base64.slice(0, -2).includes('=')) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) return undefined;
  if (checksum !== undefined && checksum !== `=${crc24(bytes)}`) return undefined;
  return bytes;
}

/** The checksum of OpenPGP armor, base64. */
function crc24(bytes: Uint8Array): string {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit += 1) {
      crc <<= 1;
      if (crc & 0x1000000) crc ^= 0x1864cfb;
    }
  }
  return Buffer.of((crc >> 16) & 0xff, (crc >> 8) & 0xff, crc & 0xff).toString('base64');
}
