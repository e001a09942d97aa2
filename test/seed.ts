/**
 * Property tests draw from one seed, so that a run can be repeated; GUERDON_TEST_SEED=random (or a number) draws others.
 */
import fc from 'fast-check'

const asked = process.env.GUERDON_TEST_SEED
if (asked !== 'random') fc.configureGlobal({ seed: Number(asked ?? 20261124) })
