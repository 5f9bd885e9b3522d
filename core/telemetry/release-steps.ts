/** How far a device is with the release that it is to run: began, healthy, failed, went back. */
import type { StatusFile } from '../../schemas/types.generated.ts';

type Project = StatusFile['projects'][number];
type StepType = 'release.began' | 'release.healthy' | 'release.failed' | 'release.went-back';

export interface ReleaseStep {
  readonly app: string;
  readonly type: StepType;
  readonly release: string | undefined;
  /** What tells it from the step before, and from the same step of another release. */
  readonly mark: string;
}

/** Of each of its apps; none of one of which nothing is wanted, or known. */
export function releaseSteps({ projects }: StatusFile): ReleaseStep[] {
  return projects.flatMap(project => {
    const type = stepOf(project);
    const { app, wanted } = project;
    if (type === undefined || wanted === undefined) return [];
    return [{ app, type, release: wanted.release, mark: `${type} ${wanted.digest}` }];
  });
}

function stepOf({ state, digest, wanted, setAside }: Project): StepType | undefined {
  if (wanted === undefined) return undefined;
  if (wanted.digest === setAside) return state === 'failed' ? 'release.failed' : 'release.went-back';
  if (wanted.digest === digest) return state === 'healthy' ? 'release.healthy' : undefined;
  return state === 'progressing' ? 'release.began' : undefined;
}
