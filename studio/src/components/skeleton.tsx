/** The shape of what is loading. */
export function Skeleton({ height, count = 1 }: { height: number; count?: number }) {
  return (
    <div className="skeletons" role="status" aria-label="Loading">
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: equal placeholders have nothing else
        <div key={index} className="skeleton" style={{ height }} />
      ))}
    </div>
  )
}
