import type { GroupDetail, RunDetail } from '../../../../src/server/studio/schemas.ts'
import { apiAddress } from '../../api/client.ts'
import { useQuery } from '../../api/use-query.ts'
import { Loaded } from '../../components/loaded.tsx'
import { PromptText } from '../../components/prompt-text.tsx'
import { Link } from '../../router/link.tsx'
import { useAddress } from '../../router/location.ts'
import { runAddress } from '../../router/route.ts'
import { CompletionColumns } from './completion-columns.tsx'
import { GroupFacts } from './group-facts.tsx'

/** One group with its whole texts. */
export function GroupPage({ detail, group }: { detail: RunDetail; group: string }) {
  const run = detail.run.id
  const step = useAddress().searchParams.get('step')
  const query = useQuery<GroupDetail>(
    apiAddress(`/runs/${encodeURIComponent(run)}/groups/${encodeURIComponent(group)}`, { step }),
  )
  return (
    <>
      <div className="heading">
        <h1>Group {group}</h1>
        <p className="heading-facts">
          <Link href={runAddress(run, 'groups')}>All groups of {run}</Link>
        </p>
      </div>
      <Loaded query={query} height={300}>
        {({ group, rows }) => (
          <>
            <GroupFacts group={group} />
            {rows[0] !== undefined && (
              <section aria-label="Prompt" className="panel">
                <h2>Prompt</h2>
                <PromptText prompt={rows[0].prompt} />
                {rows[0].reference.length > 0 && (
                  <p>
                    Reference <code>{rows[0].reference.join(' or ')}</code>
                  </p>
                )}
              </section>
            )}
            <CompletionColumns detail={detail} rows={rows} folded={false} />
          </>
        )}
      </Loaded>
    </>
  )
}
