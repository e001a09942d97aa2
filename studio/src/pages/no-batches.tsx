import { EmptyState } from '../components/empty-state.tsx'

const example = JSON.stringify({
  rows: [{ prompt: '1 + 1?', completion: 'It is \\boxed{2}.', reference: '2' }],
})

/** A run that has scored nothing yet, and how to send it something. */
export function NoBatches({ run }: { run: string }) {
  return (
    <>
      <h1>{run}</h1>
      <EmptyState
        title="No batch has been scored in this run."
        command={`curl -s ${location.origin}/v1/rewards -H 'content-type: application/json' -d '${example}'`}
      >
        <p>Point your trainer at this server, or send a rollout by hand:</p>
      </EmptyState>
    </>
  )
}
