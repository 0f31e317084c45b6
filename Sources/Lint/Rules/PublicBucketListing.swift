internal import SQL
internal import Schema

/// `public-bucket-listing`
struct PublicBucketListing: StatementRule {
  let about = RuleDescription(
    name: "public-bucket-listing",
    severity: .warning,
    evidence: [.ast],
    profiles: [.supabase],
    summary: "Policy by which clients can list all files of a bucket",
    why: "a public bucket's files can be fetched by their names without a policy; with this one all names can be had",
    explanation: """
      Reported are policies for reading `storage.objects` whose only condition is the bucket, or none: those for \
      everybody, and those for any role when the same file makes the bucket public. For downloads from a public bucket \
      no policy is needed. Where files have owners, say so: by the folder, or by `owner_id`.
      """,
    bad: """
      create policy "avatars" on storage.objects for select using (bucket_id = 'avatars');
      """,
    good: """
      create policy "avatars" on storage.objects for select to authenticated
        using (bucket_id = 'avatars' and owner_id = (select auth.uid()::text));
      """,
    source: "https://supabase.com/docs/guides/database/database-advisors?lint=0025_public_bucket_allows_listing",
    others: [.splinter: ["0025_public_bucket_allows_listing"]]
  )

  var statementKinds: Syntax.Kinds { .createPolicy }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .createPolicy(let create) = statement.syntax, create.isPermissive,
      create.command == .select || create.command == .all,
      context.declared.resolve(create.table) == QualifiedName(schema: "storage", name: "objects"),
      let using = create.using, using.isTrue || Self.namesBucketOnly(using.text),
      create.roles.contains(where: { ["public", "anon"].contains($0.description) })
        || Self.makesPublic(bucketOf: using.text, context.file)
    else { return [] }
    return [
      context.issue(
        "policy \(Quoting.identifier(create.name)) lets clients list all files of the bucket",
        at: statement.range,
        object: ObjectName(schema: "storage", table: "objects"),
        fix: .init(text: "leave it out for a public bucket; else say whose files"))
    ]
  }

  /// Whether the file makes a public bucket, of that name if the condition has one.
  private static func makesPublic(bucketOf condition: String, _ file: LintFile) -> Bool {
    let name = condition.firstMatch(of: #/'.*'/#)?.output ?? ""
    return file.statements.contains { statement in
      guard case .insert(let insert) = statement.syntax, insert.table.name == "buckets",
        insert.table.schema == "storage"
      else { return false }
      guard insert.rowCount != nil else {
        return statement.text.contains(name) && statement.text.lowercased().contains("true")
      }
      let position = insert.columns.firstIndex(of: "public")
      return rows(of: statement.text).contains { values in
        guard values.contains(where: { $0.hasPrefix(name) }) else { return false }
        return position.map { values.indices.contains($0) && isTrue(values[$0]) } ?? values.contains(where: isTrue)
      }
    }
  }

  /// The values of each row, as they are written; the list of columns comes out as a row too. Comments to the end of a
  /// line may hold a lone quote and are left out.
  private static func rows(of text: String) -> [[String]] {
    let row = #/\((?:'[^']*'|[^()']|\((?:'[^']*'|[^()'])*\))*\)/#
    let value = #/(?:'[^']*'|[^,'()\[\]]|[(\[](?:'[^']*'|[^()\[\]'])*[)\]])+/#
    return text.replacing(#/--.*/#, with: "").matches(of: row).map { row in
      row.output.dropFirst().dropLast().matches(of: value).map { value in
        String(value.output.drop(while: \.isWhitespace))
      }
    }
  }

  private static func isTrue(_ value: String) -> Bool {
    value.lowercased().wholeMatch(of: #/'?t(rue)?'?\s*(::\s*bool(ean)?)?\s*/#) != nil
  }

  private static func namesBucketOnly(_ text: String) -> Bool {
    let bare = text.filter { !"()\" \n\t".contains($0) }.lowercased()
    guard let match = try? #/(storage\.)?(objects\.)?bucket_id(::text)?='[^']*'(::text)?/#.wholeMatch(in: bare) else {
      return false
    }
    return !match.output.0.isEmpty
  }
}
