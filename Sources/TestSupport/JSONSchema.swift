internal import Foundation

/// A schema of ours, and whether JSON is what it describes.
package enum JSONSchema {
  /// The keywords of JSON Schema that our schema uses, and no others.
  ///
  /// - Parameter whole: What `$ref` looks in; nil for the schema itself.
  package static func faults(of json: Any, against schema: Any, in whole: Any? = nil, at path: String = "$") -> [String]
  {
    guard let schema = schema as? [String: Any] else { return ["\(path): no schema"] }
    let whole = whole ?? schema
    if let name = (schema["$ref"] as? String)?.dropFirst("#/$defs/".count) {
      let definitions = (whole as? [String: Any])?["$defs"] as? [String: Any] ?? [:]
      return faults(of: json, against: definitions[String(name)] ?? "", in: whole, at: path)
    }
    var faults: [String] = []
    if let constant = schema["const"], "\(constant)" != "\(json)" { faults.append("\(path): is not \(constant)") }
    if let choices = schema["enum"] as? [String], !choices.contains("\(json)") { faults.append("\(path): is \(json)") }
    switch schema["type"] as? String {
    case "object":
      guard let object = json as? [String: Any] else { return ["\(path): no object"] }
      let properties = schema["properties"] as? [String: Any] ?? [:]
      for key in schema["required"] as? [String] ?? [] where object[key] == nil {
        faults.append("\(path).\(key): missing")
      }
      for (key, value) in object {
        guard let property = properties[key] else {
          faults.append("\(path).\(key): unknown")
          continue
        }
        faults += Self.faults(of: value, against: property, in: whole, at: "\(path).\(key)")
      }
    case "array":
      guard let array = json as? [Any], let items = schema["items"] else { return ["\(path): no array"] }
      for (index, item) in array.enumerated() {
        faults += Self.faults(of: item, against: items, in: whole, at: "\(path)[\(index)]")
      }
    case "string": if !(json is String) { faults.append("\(path): no string") }
    case "integer", "number": if !(json is NSNumber) { faults.append("\(path): no number") }
    default: break
    }
    return faults
  }
}
