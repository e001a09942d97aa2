import { describe, expect, it } from 'vitest'
import { input } from '../engine/tensor.ts'
import { bradleyTerry } from './bradley-terry.ts'
import { listnet } from './listnet.ts'
import { evaluateObjective } from './objective.ts'

describe('an objective refuses', () => {
  it('inputs of one meaning with different shapes, which would broadcast to pairs of everything', () => {
    const [row, column] = [input('a', [4]), input('b', [4, 1])]
    expect(() => bradleyTerry({ chosen: row, rejected: column })).toThrow(
      '"rejected" and "chosen" differ in shape',
    )
    expect(() => bradleyTerry({ chosen: row, rejected: row, mask: input('m', [1]) })).toThrow('"mask"')
    expect(() => listnet({ rewards: row, ratings: input('r', [3]) })).toThrow('"ratings" and "rewards"')
  })

  it('a missing input, one that it does not know, and one without a number', async () => {
    expect(() => bradleyTerry({ chosen: input('a', [4]) })).toThrow('needs "rejected"')
    await expect(evaluateObjective(bradleyTerry, { chosen: [1], reject: [2] })).rejects.toThrow(
      'no input "reject"',
    )
    await expect(evaluateObjective(bradleyTerry, { chosen: [1], rejected: [Number.NaN] })).rejects.toThrow(
      '"rejected" holds something that is no finite number',
    )
    await expect(
      evaluateObjective(bradleyTerry, { chosen: [1], rejected: [null as unknown as number] }),
    ).rejects.toThrow(/"rejected" holds .*nothing/)
    await expect(
      evaluateObjective(bradleyTerry, { chosen: [[1, 2], [3]], rejected: [[1, 2], [3]] }),
    ).rejects.toThrow('3 values for the shape [2,2]')
  })
})

describe('an objective takes', () => {
  it('one number for a column of equal ones, any shape of pairs, and no pairs at all', async () => {
    const one = await evaluateObjective(bradleyTerry, { chosen: [1, 2], rejected: [0, 3], margin: 0.5 })
    const two = await evaluateObjective(bradleyTerry, {
      chosen: [1, 2],
      rejected: [0, 3],
      margin: [0.5, 0.5],
    })
    expect(one.loss).toBe(two.loss)
    const square = await evaluateObjective(bradleyTerry, {
      chosen: [[1], [2]],
      rejected: [[0], [3]],
      margin: 0.5,
    })
    expect(square.loss).toBe(two.loss)
    expect((await evaluateObjective(bradleyTerry, { chosen: [], rejected: [] })).loss).toBe(0)
  })
})
