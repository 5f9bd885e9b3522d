import type { ContainerSummary } from './engine-answers.ts';

/** Where the list does not say it: Podman calls the host's network by its name. */
export function networkModeOf({
  HostConfig,
  NetworkSettings: { Networks },
}: Pick<ContainerSummary, 'HostConfig'> & {
  readonly NetworkSettings: { readonly Networks: object | null };
}): string {
  return HostConfig?.NetworkMode ?? (Object.hasOwn(Networks ?? {}, 'host') ? 'host' : '');
}
