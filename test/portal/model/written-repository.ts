/** What is in memory as a repository on the disk, for git and the verbs. */

import { type FleetRepository, makeRepository } from '../../../lab/rig/fleet-repository.ts';
import type { MemoryRepository } from '../../../lab/rig/memory-repository.ts';

/** @param branches name below refs/heads → commit */
export async function writtenRepository(
  memory: MemoryRepository,
  branches: ReadonlyMap<string, string>,
): Promise<FleetRepository> {
  const repository = await makeRepository();
  for (const { type, bytes } of memory.objects) await repository.store(type, bytes);
  for (const [name, commit] of branches) await repository.setBranch(commit, name);
  return repository;
}
