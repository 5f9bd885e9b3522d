/** What one answer may read of a repository, at most. */
export const pageLimits = Object.freeze({ maxObjects: 200_000, maxTotalBytes: 256 * 1024 * 1024 });
