/** The public API of the training engine: `guerdon/engine`. */
export { type AdamwOptions, adamw } from './engine/adamw.ts'
export { type Checkpoint, readCheckpoint, runDigest, writeCheckpoint } from './engine/checkpoint.ts'
export { clipByNorm } from './engine/clip-by-norm.ts'
export { type Compiled, compile, constants, type Specification, type Values } from './engine/compile.ts'
export { epochOrder, stepsPerEpoch } from './engine/epoch-order.ts'
export { type FitOptions, type FitProgress, type FitResult, fit } from './engine/fit.ts'
export { gradients, valueAndGradients } from './engine/gradient.ts'
export { type HostTensor, hostTensor, type Parameters } from './engine/host-tensor.ts'
export {
  type AttentionBlock,
  type AttentionBlockOptions,
  attentionBlock,
} from './engine/layers/attention-block.ts'
export { type ConvolutionLayerOptions, convolution } from './engine/layers/convolution.ts'
export { dropout, dropoutMask } from './engine/layers/dropout.ts'
export { type EmbeddingOptions, embedding } from './engine/layers/embedding.ts'
export { type GroupNormOptions, groupNorm } from './engine/layers/group-norm.ts'
export { type Gru, type GruOptions, gru } from './engine/layers/gru.ts'
export type { Activation, Layer } from './engine/layers/layer.ts'
export { type LayerNormOptions, layerNorm } from './engine/layers/layer-norm.ts'
export { activate, type LinearOptions, linear } from './engine/layers/linear.ts'
export { type MlpOptions, mlp } from './engine/layers/mlp.ts'
export {
  type KeyValue,
  type MultiHeadAttention,
  type MultiHeadAttentionOptions,
  multiHeadAttention,
} from './engine/layers/multi-head-attention.ts'
export { type RmsNormOptions, rmsNorm } from './engine/layers/rms-norm.ts'
export { type Transformer, type TransformerOptions, transformer } from './engine/layers/transformer.ts'
export type { Dtype, Shape } from './engine/node.ts'
export * from './engine/operations.ts'
export {
  constantRate,
  cosineRate,
  linearRate,
  type Optimiser,
  type Schedule,
  type TensorTree,
} from './engine/optimiser.ts'
export {
  decodeSafetensors,
  encodeSafetensors,
  readSafetensors,
  type Safetensors,
  writeSafetensors,
} from './engine/safetensors.ts'
export {
  openSampler,
  type SampleOptions,
  type Sampler,
  type SamplerOptions,
  type Samples,
} from './engine/sampler.ts'
export type { Device } from './engine/sessions/device.ts'
export type { BackEnd, Feed, Noise, Session, SessionOptions } from './engine/sessions/session.ts'
export { sgd } from './engine/sgd.ts'
export { constant, full, input, matmul, type Operand, Tensor } from './engine/tensor.ts'
export {
  type BatchInput,
  type Evaluation,
  type Loss,
  type LossResult,
  openTrainer,
  type Trainer,
  type TrainerOptions,
} from './engine/trainer.ts'
export { RandomStream } from './numerics/random.ts'
export { GuerdonError } from './records/error.ts'
