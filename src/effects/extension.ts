/** What an extension brings, besides types, that tables can depend on. */
export interface Members {
  readonly functions: ReadonlySet<string>;
  readonly classes: ReadonlySet<string>;
}

interface Names {
  readonly functions?: string;
  readonly classes?: string;
}

/** Functions that stand in defaults and index expressions, and operator classes, of the extensions that schemas build on. */
const names: Readonly<Record<string, Names>> = {
  citext: { classes: 'citext_ops citext_pattern_ops' },
  hstore: { functions: 'hstore', classes: 'gin_hstore_ops gist_hstore_ops' },
  ltree: { functions: 'text2ltree subpath subltree nlevel', classes: 'gist_ltree_ops ltree_ops' },
  cube: { functions: 'cube', classes: 'cube_ops gist_cube_ops' },
  intarray: { functions: 'sort uniq idx', classes: 'gin__int_ops gist__int_ops gist__intbig_ops' },
  vector: {
    classes: `vector_ops vector_l2_ops vector_ip_ops vector_cosine_ops vector_l1_ops halfvec_l2_ops halfvec_ip_ops
      halfvec_cosine_ops halfvec_l1_ops sparsevec_l2_ops sparsevec_ip_ops sparsevec_cosine_ops bit_hamming_ops bit_jaccard_ops`,
  },
  postgis: {
    functions:
      'st_makepoint st_setsrid st_transform st_centroid st_buffer st_geomfromtext st_x st_y st_astext geography',
    classes: `gist_geometry_ops_2d gist_geometry_ops_nd gist_geography_ops spgist_geometry_ops_2d
      brin_geometry_inclusion_ops_2d`,
  },
  pg_trgm: { functions: 'similarity word_similarity show_trgm', classes: 'gin_trgm_ops gist_trgm_ops' },
  unaccent: { functions: 'unaccent' },
  fuzzystrmatch: { functions: 'soundex levenshtein metaphone dmetaphone' },
  'uuid-ossp': {
    functions: 'uuid_generate_v1 uuid_generate_v1mc uuid_generate_v3 uuid_generate_v4 uuid_generate_v5 uuid_nil',
  },
  pgcrypto: {
    functions: 'digest hmac crypt gen_salt gen_random_bytes pgp_sym_encrypt pgp_sym_decrypt encrypt decrypt',
  },
  pg_uuidv7: { functions: 'uuid_generate_v7' },
  earthdistance: { functions: 'll_to_earth earth_distance earth_box' },
  timescaledb: { functions: 'time_bucket' },
};

/** The extension that an operator class comes with. */
export function extensionOfClass(name: string): string | undefined {
  return Object.keys(names).find((extension) => membersOfExtension(extension).classes.has(name));
}

const words = (text: string | undefined): ReadonlySet<string> => new Set(text?.split(/\s+/));

/** What is known of an extension; nothing of one that is not in the table. */
export function membersOfExtension(extension: string): Members {
  const { functions, classes } = names[extension] ?? {};
  return { functions: words(functions), classes: words(classes) };
}
