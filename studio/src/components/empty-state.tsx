import type { ReactNode } from 'react'
import { CopyableCommand } from './copyable-command.tsx'

/** A page without data: what would be here, and the command that brings it. */
export function EmptyState({
  title,
  command,
  children,
}: {
  title: string
  command?: string
  children?: ReactNode
}) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
      {command !== undefined && <CopyableCommand command={command} />}
    </div>
  )
}
