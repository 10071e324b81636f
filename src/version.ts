import manifest from '../package.json' with { type: 'json' };

/** Lockkeeper's own version. */
export const version = manifest.version;
