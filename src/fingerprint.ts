/**
 * Names a finding by what it says of what, so that a baseline survives moved lines and renamed files: 16 hex digits of the rule, the
 * relation and the statement's text with its white space folded. `occurrence` tells equal findings of one history apart.
 */
export function fingerprint(rule: string, relation: string, statement: string, occurrence: number): string {
  const text = `${rule}\n${relation}\n${statement.replace(/\s+/g, ' ').trim()}\n${occurrence}`;
  return hash(text, 0x811c9dc5) + hash(text, 0x9747b28c);
}

/** 32 bits of FNV-1a with a final mix, as 8 hex digits. Not cryptographic: nobody attacks a baseline. */
function hash(text: string, seed: number): string {
  let h = seed;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0).toString(16).padStart(8, '0');
}
