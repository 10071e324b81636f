/**
 * The types that columns have from an extension, by extension: from the scripts of PostgreSQL's contrib modules and the manuals of
 * the others. Types for indexes alone are left out.
 */
export const extensionTypes: { readonly [extension: string]: readonly string[] } = {
  age: ['agtype', 'graphid'],
  citext: ['citext'],
  cube: ['cube'],
  earthdistance: ['earth'],
  h3: ['h3index'],
  hll: ['hll'],
  hstore: ['hstore'],
  intarray: ['query_int'],
  ip4r: ['ip4', 'ip4r', 'ip6', 'ip6r', 'ipaddress', 'iprange'],
  isn: ['ean13', 'isbn13', 'ismn13', 'issn13', 'isbn', 'ismn', 'issn', 'upc'],
  lo: ['lo'],
  ltree: ['ltree', 'lquery', 'ltxtquery'],
  pgx_ulid: ['ulid'],
  postgis: ['geometry', 'geography', 'box2d', 'box3d'],
  postgis_raster: ['raster'],
  postgis_topology: ['topogeometry', 'topoelement', 'topoelementarray'],
  prefix: ['prefix_range'],
  seg: ['seg'],
  semver: ['semver', 'semverrange'],
  tdigest: ['tdigest'],
  uri: ['uri'],
  vector: ['vector', 'halfvec', 'sparsevec'],
};

/** What CREATE EXTENSION … CASCADE brings along. */
export const requiredExtensions: { readonly [extension: string]: readonly string[] } = {
  earthdistance: ['cube'],
  pgrouting: ['postgis'],
  postgis_raster: ['postgis'],
  postgis_sfcgal: ['postgis'],
  postgis_tiger_geocoder: ['postgis', 'fuzzystrmatch'],
  postgis_topology: ['postgis'],
  vectorscale: ['vector'],
};

/** The schema that an extension's control file fixes. */
export const extensionSchemas: { readonly [extension: string]: string } = {
  adminpack: 'pg_catalog',
  age: 'ag_catalog',
  pg_cron: 'pg_catalog',
  plpgsql: 'pg_catalog',
  postgis_tiger_geocoder: 'tiger',
  postgis_topology: 'topology',
};
