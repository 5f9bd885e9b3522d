// HEALTHCHECK of the gateway's image: whether it serves devices. TOWLINE_INTERNAL is `listen.internal` of gateway.yaml.
const at = process.env.TOWLINE_INTERNAL || '127.0.0.1:8080';
const answer = await fetch(`http://${at}/livez`, { signal: AbortSignal.timeout(4000) });
process.exit(answer.ok ? 0 : 1);
