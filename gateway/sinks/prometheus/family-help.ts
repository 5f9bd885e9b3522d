/** What the families say that an agent sends of itself. The others have cAdvisor's, node-exporter's and an app's own names. */
const help: ReadonlyMap<string, string> = new Map([
  ['towline_agent_info', 'Version of the agent and of its engine. Always 1.'],
  ['towline_agent_cpu_seconds_total', 'User and system time of the agent.'],
  ['towline_agent_resident_memory_bytes', 'Resident memory of the agent.'],
  ['towline_clock_believed', 'Whether the device believes its own clock.'],
  ['towline_container_restarts', 'Restarts since the container was made.'],
  ['towline_metrics_moments_lost_total', 'Moments that were dropped because the disk was full.'],
  ['towline_scrape_duration_seconds', 'How long it took the agent to read an endpoint of an app.'],
  ['towline_scrape_samples', 'Samples of an endpoint of an app.'],
  ['towline_scrape_up', 'Whether an endpoint of an app could be read.'],
  ['towline_series_dropped_total', 'Series beyond what the device, or an app on it, may have.'],
]);

export function helpOf(name: string): string | undefined {
  return help.get(name);
}
