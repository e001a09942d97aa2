/** A training thread that opens well and ends on the first call. */
import { parentPort } from 'node:worker_threads'

parentPort.on('message', () => process.exit(3))
parentPort.postMessage({ id: 0, value: 'onnx' })
