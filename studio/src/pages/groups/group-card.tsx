import type { GroupDetail, GroupSummary, RunDetail } from '../../../../src/server/studio/schemas.ts'
import { apiAddress } from '../../api/client.ts'
import { useQuery } from '../../api/use-query.ts'
import { Failure } from '../../components/failure.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { Link } from '../../router/link.tsx'
import { groupAddress } from '../../router/route.ts'
import { lastMessage } from '../../text/last-message.ts'
import { oneLine } from '../../text/pieces.ts'
import { CompletionColumns } from './completion-columns.tsx'
import { GroupFacts } from './group-facts.tsx'

/** A prompt and its completions side by side, in a fixed height. */
export function GroupCard({ detail, group }: { detail: RunDetail; group: GroupSummary }) {
  const run = detail.run.id
  const path = `/runs/${encodeURIComponent(run)}/groups/${encodeURIComponent(group.group)}`
  const { answer, error, retry } = useQuery<GroupDetail>(apiAddress(path, { step: group.step }))
  const prompt = answer?.rows[0]?.prompt
  return (
    <article className="panel card" aria-label={`Group ${group.group}`}>
      <header>
        <h2>
          <Link href={groupAddress(run, group.group, group.step)}>{group.group}</Link>
          <span className="card-prompt">
            {oneLine(prompt === undefined ? group.prompt : lastMessage(prompt), 200)}
          </span>
        </h2>
        <GroupFacts group={group} />
      </header>
      {error !== undefined && <Failure error={error} retry={retry} />}
      {answer !== undefined ? (
        <CompletionColumns detail={detail} rows={answer.rows} folded />
      ) : (
        error === undefined && <Skeleton height={230} />
      )}
    </article>
  )
}
