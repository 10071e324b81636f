/** Aggregates, and the functions that need a window. */
const aggregates: ReadonlySet<string> = new Set(
  `count sum avg min max array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg bool_and bool_or every
  bit_and bit_or bit_xor xmlagg stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp mode
  percentile_cont percentile_disc range_agg range_intersect_agg any_value regr_slope regr_intercept regr_count rank
  dense_rank row_number ntile lag lead first_value last_value nth_value percent_rank cume_dist`.split(/\s+/),
);

/** Whether a function takes many rows to one, by its name. */
export function isAggregate(name: readonly string[]): boolean {
  return aggregates.has(name.at(-1) ?? '');
}
