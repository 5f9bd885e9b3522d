/** Waits until something holds; the test's own time limit ends a wait in vain. */
export async function eventually(holds: () => boolean, timeoutMs = 60_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms: ${holds}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}
