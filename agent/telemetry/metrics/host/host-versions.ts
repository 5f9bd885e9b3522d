/** What the agent runs on: os-release, kernel, architecture. */
import { arch, release } from 'node:os';
import type { HostVersions } from '../../../../core/telemetry/settings/least-versions.ts';
import { HostFiles } from './host-files.ts';
import { type OsRelease, readOsRelease } from './os-release.ts';

/** Read each time: a system is upgraded while the agent runs. @param files whose `/etc` it is */
export function hostVersions(files = new HostFiles()): HostVersions {
  const text = files.text('etc/os-release') ?? files.text('usr/lib/os-release');
  const { id, versionId, prettyName }: OsRelease = readOsRelease(text ?? '');
  return { os: id, osVersion: versionId, osName: prettyName, kernel: release(), architecture: arch() };
}
