import { expect, test } from 'vitest'
import { compile } from '../engine/compile.ts'
import { gradients } from '../engine/gradient.ts'
import { hostTensor } from '../engine/host-tensor.ts'
import type { TensorTree } from '../engine/optimiser.ts'
import { sgd } from '../engine/sgd.ts'
import type { Tensor } from '../engine/tensor.ts'
import { openTrainer } from '../engine/trainer.ts'
import { RandomStream } from '../numerics/random.ts'
import { bradleyTerry } from './bradley-terry.ts'
import { metaRewardGradients, responseDifference } from './meta-reward.ts'

const stream = new RandomStream(11)
const drawn = (size: number): number[] => Array.from({ length: size }, () => stream.normal())
const values = { theta: drawn(3), meta: drawn(2 * 4 * 3), chosen: drawn(5 * 3), rejected: drawn(5 * 3) }
const shapes = { theta: [3], meta: [2, 4, 3], chosen: [5, 3], rejected: [5, 3] } as const

const difference = ({ theta }: TensorTree, { meta }: TensorTree): Tensor =>
  responseDifference(meta!.matmul(theta!))
const loss = ({ theta }: TensorTree, { chosen, rejected }: TensorTree): Tensor =>
  bradleyTerry({ chosen: chosen!.matmul(theta!), rejected: rejected!.matmul(theta!) }).loss

test('for small η the gradient is ∇L + η·∇²L·∇J', async () => {
  const metaRate = 1e-5
  const program = await compile(
    Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [name, { shape, dtype: 'float64' as const }]),
    ),
    (given) => {
      const own = { theta: given.theta! }
      const found = metaRewardGradients({ difference, loss, metaRate })(own, given)
      const [plain] = gradients(loss(own, given), [given.theta!])
      const [upwards] = gradients(difference(own, given), [given.theta!])
      return { found: found.gradients.theta!, plain: plain!, upwards: upwards! }
    },
  )
  const result = await program.run(values)
  // ∇²L·∇J as a difference quotient of ∇L along ∇J.
  const along = await compile(
    Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [name, { shape, dtype: 'float64' as const }]),
    ),
    (given) => ({ plain: gradients(loss({ theta: given.theta! }, given), [given.theta!])[0]! }),
  )
  const moved = (sign: number): number[] =>
    values.theta.map((value, k) => value + sign * 1e-4 * Number(result.upwards.values[k]))
  const [above, below] = [
    (await along.run({ ...values, theta: moved(1) })).plain.values,
    (await along.run({ ...values, theta: moved(-1) })).plain.values,
  ]
  for (let k = 0; k < 3; k++) {
    const second = (above[k]! - below[k]!) / 2e-4
    expect((result.found.values[k]! - result.plain.values[k]!) / metaRate).toBeCloseTo(second, 4)
  }
})

test('inside a trainer: the optimiser steps from the old parameters, frozen ones stay', async () => {
  const trainer = await openTrainer({
    parameters: { theta: hostTensor(values.theta, [3]), other: hostTensor([1], [1]) },
    batch: { meta: { shape: [2, 4, 3] }, chosen: { shape: [5, 3] }, rejected: { shape: [5, 3] } },
    loss,
    gradients: metaRewardGradients({ difference, loss, metaRate: 0.5, frozen: (name) => name === 'other' }),
    frozen: (name) => name === 'other',
    optimiser: sgd(),
    worker: false,
  })
  const batch = {
    meta: hostTensor(values.meta, [2, 4, 3]),
    chosen: hostTensor(values.chosen, [5, 3]),
    rejected: hostTensor(values.rejected, [5, 3]),
  }
  const still = await trainer.steps(1, [batch], [0])
  expect(Array.from((await trainer.parameters()).theta!.values)).toEqual(
    Array.from(Float32Array.from(values.theta)),
  )
  const steps = await trainer.steps(
    2,
    Array.from({ length: 50 }, () => batch),
    Array.from({ length: 50 }, () => 0.1),
  )
  expect(steps.loss![49]).toBeLessThan(still.loss![0]!)
  expect(Array.from((await trainer.parameters()).other!.values)).toEqual([1])
  await trainer.close()
})

test('one completion a prompt tells nothing apart', async () => {
  const program = await compile({ r: { shape: [3, 1] } }, ({ r }) => ({ value: responseDifference(r) }))
  expect((await program.run({ r: [1, 2, 3] })).value.values[0]).toBe(0)
})
