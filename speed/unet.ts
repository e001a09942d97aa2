/** The small U-Net of the training bench: 16 × 16 images, 16 to 32 channels, parameters named as in `peers.py`. */
import { convolution } from '../src/engine/layers/convolution.ts'
import { groupNorm } from '../src/engine/layers/group-norm.ts'
import type { Layer } from '../src/engine/layers/layer.ts'
import { concat, silu } from '../src/engine/operations.ts'
import type { TensorTree } from '../src/engine/optimiser.ts'
import type { Tensor } from '../src/engine/tensor.ts'

/** Every pixel four times: [batch, channels, h, w] → [batch, channels, 2h, 2w]. */
function doubled(x: Tensor): Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number]
  return x
    .reshape([batch, channels, height, 1, width, 1])
    .broadcast([batch, channels, height, 2, width, 2])
    .reshape([batch, channels, 2 * height, 2 * width])
}

/** x [batch, 2, 16, 16] → [batch, 1, 16, 16]. */
export function unet(): Layer {
  const of = (name: string, inputs: number, outputs: number, stride = 1) =>
    convolution({ name, inputs, outputs, kernel: 3, stride, padding: 1 })
  const residual = (name: string, channels: number) => {
    const norms = ['norm1', 'norm2'].map((own) => groupNorm({ name: `${name}.${own}`, groups: 8, channels }))
    const parts = ['conv1', 'conv2'].map((own) => of(`${name}.${own}`, channels, channels))
    return {
      layers: [...norms, ...parts],
      apply(p: TensorTree, x: Tensor): Tensor {
        const first = parts[0]!.apply(p, silu(norms[0]!.apply(p, x)))
        return x.add(parts[1]!.apply(p, silu(norms[1]!.apply(p, first))))
      },
    }
  }
  const [enter, down, up, leave] = [
    of('enter', 2, 16),
    of('down', 16, 32, 2),
    of('up', 32, 16),
    of('leave', 32, 1),
  ]
  const [outer, inner, deepest] = [residual('outer', 16), residual('inner', 32), residual('deepest', 32)]
  const last = groupNorm({ name: 'last', groups: 8, channels: 32 })
  const all = [enter!, down!, up!, leave!, last, ...[outer, inner, deepest].flatMap(({ layers }) => layers)]
  return {
    initialise: (stream) => Object.assign({}, ...all.map((layer) => layer.initialise(stream))),
    apply(p, x) {
      const skip = outer.apply(p, enter!.apply(p, x))
      const deep = deepest.apply(p, inner.apply(p, down!.apply(p, skip)))
      const joined = concat([up!.apply(p, doubled(deep)), skip], 1)
      return leave!.apply(p, silu(last.apply(p, joined)))
    },
  }
}
