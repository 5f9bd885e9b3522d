/** A folder as `npm run package` writes it, with bytes that are made up. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type MadeVersion, versionText } from '../../gateway/agents/rig.ts';

export async function packageFolder(
  folder: string,
  version: string,
  { agent, install }: MadeVersion,
): Promise<string> {
  await mkdir(path.join(folder, 'parts'), { recursive: true });
  await writeFile(
    path.join(folder, `towline-agent_${version}.yaml`),
    versionText({ agent, ...(install && { install }) }),
  );
  await writeFile(path.join(folder, 'parts', agent.sha256), agent.bytes);
  if (install !== undefined) await writeFile(path.join(folder, 'install.sh'), install.bytes);
  return folder;
}
