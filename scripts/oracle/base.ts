/**
 * What every case starts from. Tables hold enough rows that work on them shows (more than five pages), and are analysed.
 * `account` is referenced by `invoice`; `measurement` is partitioned by range, `region` by list with a DEFAULT partition,
 * `shard` by hash; `vehicle` has the inheritance child `truck`.
 */
export const baseSchema: readonly string[] = [
  `create schema archive;
   create schema ext;
   create extension citext schema ext;
   create extension btree_gist schema ext;
   set search_path = public, ext;
   create access method heap_too type table handler heap_tableam_handler;`,
];
