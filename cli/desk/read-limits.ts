/** What a verb reads of a repository, at most: all of a large fleet, several times. */
export const readLimits = Object.freeze({ maxObjects: 5_000_000, maxTotalBytes: 4 * 1024 ** 3 });
