/** Wall clock, epoch ms. */
export interface Clock {
  now(): number;
}
