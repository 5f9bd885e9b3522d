/** What a git server says of a push. Source: gitprotocol-pack(5), "Report Status". */
import { readAnswer } from './pkt-line.ts';

/**
 * `unpack ok`, then `ok <ref>` or `ng <ref> <reason>`.
 * @returns why it was not taken; undefined: it was
 * @throws TowlineError GIT_PACK
 */
export function pushRefusal(answer: Buffer): string | undefined {
  const lines: string[] = [];
  for (const packet of readAnswer(answer))
    if (packet.kind === 'data') lines.push(packet.payload.toString('utf8').trim());
  const unpack = lines.find(line => line.startsWith('unpack '));
  if (unpack !== 'unpack ok') return unpack ?? 'the gateway gave no report';
  if (lines.some(line => line.startsWith('ok '))) return undefined;
  return lines.find(line => line.startsWith('ng '))?.slice(3) ?? 'the gateway gave no report for the branch';
}
