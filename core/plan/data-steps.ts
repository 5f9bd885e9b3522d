/** All that comes before anything of a project is replaced: what it needs, its data kept, its data put back. */
import type { BackupContext } from './backup-cause.ts';
import { prepareBackup } from './backup-steps.ts';
import { prepareContent } from './prepare-steps.ts';
import type { ProjectAnalysis } from './project-analysis.ts';
import { restoreDue } from './restore-due.ts';
import { restoreVolumes, unpackBackup } from './restore-steps.ts';

/** @returns steps after which something may be stopped */
export function prepareData(analysis: ProjectAnalysis, context: BackupContext): readonly number[] {
  const { projects, observed, memory, steps, refused } = context;
  const { name } = analysis.project;
  const request = projects.find(project => project.name === name)?.restore;
  const due = restoreDue({ target: analysis.project, request, observed, memory });
  if (due === undefined) return prepareBackup(analysis, prepareContent(analysis, observed, steps), context);
  if ('why' in due) {
    refused.push(due);
    return prepareBackup(analysis, prepareContent(analysis, observed, steps), context);
  }
  const unpacked = unpackBackup(name, due, steps);
  const content = prepareContent(analysis, observed, steps, unpacked);
  const kept = prepareBackup(analysis, [...content, ...unpacked], context);
  return restoreVolumes(analysis, due, kept, context);
}
