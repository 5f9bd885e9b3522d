import type { Engine } from '../../agent/runtime/engine/engine.ts';

/** Runs a command in a container. @returns its exit code */
export async function runInContainer(
  engine: Engine,
  container: string,
  command: readonly string[],
): Promise<number> {
  const { signal } = new AbortController();
  const post = (path: string, body: unknown) =>
    engine.call<{ Id: string }>({ method: 'POST', path, body }, signal);
  const { Id } = await post(`/containers/${container}/exec`, { Cmd: command, AttachStdout: false });
  await post(`/exec/${Id}/start`, { Detach: true });
  for (;;) {
    const state = await engine.call<{ Running: boolean; ExitCode: number | null }>(
      { method: 'GET', path: `/exec/${Id}/json` },
      signal,
    );
    if (!state.Running && state.ExitCode !== null) return state.ExitCode;
  }
}
