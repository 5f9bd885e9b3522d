/** scp as it was before it spoke SFTP (`scp -O`): served here, so that no image needs the program. */
import { ScpPeer, type ScpServing } from './scp-peer.ts';
import { ScpSink } from './scp-sink.ts';
import { ScpSource } from './scp-source.ts';

/** @returns the exit code */
export async function serveScp(serving: ScpServing): Promise<number> {
  const { channel, scp } = serving;
  const peer = new ScpPeer(channel);
  const work = scp.kind === 'sink' ? new ScpSink(serving, peer) : new ScpSource(serving, peer);
  await work.run();
  return peer.hasFailed ? 1 : 0;
}
