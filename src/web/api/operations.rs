//! Everything that programs can ask: one row each, from which routes and description are both made.

use axum::routing::{MethodRouter, get, post};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use crate::catalog::accounts::Role;
use crate::catalog::tokens::Scope;
use crate::web::api::records::{
    ApplyRequest, CaptureRecord, CitationRecord, DocumentRecord, EventRecord, OverviewRecord,
    PlanRecord, Problem, SourceRecord, WrittenRecord,
};
use crate::web::api::{reading, restoring};
use crate::web::desk::{Desk, Needs, Place};

/// Where the description is.
pub const DESCRIPTION: &str = "/api/v1/openapi.json";

/// Something that can be asked.
pub struct Operation {
    /// Its path.
    pub path: &'static str,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// Whom it serves.
    pub needs: Needs,
    /// What a token must be good for.
    pub scope: Scope,
    /// What may stand in the query.
    pub query: &'static [(&'static str, &'static str, &'static str)],
    /// What is sent; nothing for what is only asked for.
    pub body: Option<Described>,
    /// What is answered.
    pub answer: Described,
    /// Whether it is a list of these, in parts.
    pub is_list: bool,
    serve: MethodRouter<Desk>,
}

/// A record, as it is described.
#[derive(Clone, Copy)]
pub struct Described {
    name: fn() -> String,
    put: fn(&mut Vec<(String, RefOr<Schema>)>),
}

fn described<T: ToSchema>() -> Described {
    Described {
        name: || T::name().into_owned(),
        put: |schemas| {
            schemas.push((T::name().into_owned(), T::schema()));
            T::schemas(schemas);
        },
    }
}

const PAGED: (&str, &str, &str) = ("after", "integer", "The row behind which the list goes on.");
const LIMIT: (&str, &str, &str) = (
    "limit",
    "integer",
    "At most so many, 1 to 200; 50 by default.",
);
const STATE: (&str, &str, &str) = ("state", "string", "Only citations in this state.");
const CITATION: (&str, &str, &str) = ("citation", "integer", "Only this citation, by its row.");

/// All of them.
#[expect(clippy::too_many_lines, reason = "it is a table")]
pub fn operations() -> Vec<Operation> {
    let one = |path, summary, answer, serve| Operation {
        path,
        summary,
        needs: Needs::Sight,
        scope: Scope::Read,
        query: &[],
        body: None,
        answer,
        is_list: false,
        serve,
    };
    let list = |path, summary, answer, serve| Operation {
        query: &[PAGED, LIMIT],
        is_list: true,
        ..one(path, summary, answer, serve)
    };
    let writes = |path, summary, body, serve| Operation {
        needs: Needs::Role(Role::Editor),
        scope: Scope::Restore,
        body,
        ..one(path, summary, described::<WrittenRecord>(), serve)
    };
    let (document, citation) = (described::<DocumentRecord>(), described::<CitationRecord>());
    let (source, capture) = (described::<SourceRecord>(), described::<CaptureRecord>());
    let of_document = "/api/v1/documents/{id}/citations";
    let of_source = "/api/v1/sources/{id}/citations";
    vec![
        one(
            "/api/v1/overview",
            "How all of it stands.",
            described::<OverviewRecord>(),
            get(reading::overview),
        ),
        list(
            "/api/v1/documents",
            "The documents.",
            document,
            get(reading::documents),
        ),
        one(
            "/api/v1/documents/{id}",
            "A document.",
            document,
            get(reading::document),
        ),
        Operation {
            query: &[PAGED, LIMIT, STATE],
            ..list(
                of_document,
                "What a document cites.",
                citation,
                get(reading::citations_of_document),
            )
        },
        Operation {
            query: &[PAGED, LIMIT, STATE],
            ..list(
                "/api/v1/citations",
                "The citations.",
                citation,
                get(reading::citations),
            )
        },
        one(
            "/api/v1/citations/{id}",
            "A citation.",
            citation,
            get(reading::citation),
        ),
        list(
            "/api/v1/sources",
            "The sources.",
            source,
            get(reading::sources),
        ),
        one(
            "/api/v1/sources/{id}",
            "A source.",
            source,
            get(reading::source),
        ),
        Operation {
            query: &[PAGED, LIMIT, STATE],
            ..list(
                of_source,
                "Who cites a source.",
                citation,
                get(reading::citations_of_source),
            )
        },
        list(
            "/api/v1/sources/{id}/captures",
            "What is kept of a source.",
            capture,
            get(reading::captures),
        ),
        one(
            "/api/v1/captures/{id}",
            "A capture.",
            capture,
            get(reading::capture),
        ),
        Operation {
            query: &[
                (
                    "before",
                    "integer",
                    "The row before which the list goes on.",
                ),
                LIMIT,
            ],
            ..list(
                "/api/v1/events",
                "What turned, the newest first.",
                described::<EventRecord>(),
                get(reading::events),
            )
        },
        Operation {
            query: &[CITATION],
            ..one(
                "/api/v1/documents/{id}/restore",
                "What would be put right in a document.",
                described::<PlanRecord>(),
                get(restoring::plan),
            )
        },
        writes(
            "/api/v1/documents/{id}/restore/apply",
            "Writes copies into a document.",
            Some(described::<ApplyRequest>()),
            post(restoring::apply),
        ),
        writes(
            "/api/v1/documents/{id}/restore/undo",
            "Takes the last writing back.",
            None,
            post(restoring::undo),
        ),
    ]
}

/// The addresses.
pub fn places() -> Vec<Place> {
    let operations = operations().into_iter();
    let mut places: Vec<Place> = operations
        .map(|it| Place::new(it.path, it.needs, it.serve))
        .collect();
    let own = get::<_, _, Desk>(async |headers: axum::http::HeaderMap| {
        reading::answered(&headers, &description())
    });
    places.push(Place::new(DESCRIPTION, Needs::Nothing, own));
    places
}

/// The description of all operations, `OpenAPI` 3.1.
pub fn description() -> Value {
    let mut paths = Map::new();
    let mut schemas = Vec::new();
    described::<Problem>().put(&mut schemas);
    for operation in operations() {
        operation.answer.put(&mut schemas);
        if let Some(body) = operation.body {
            body.put(&mut schemas);
        }
        let method = if operation.needs == Needs::Sight {
            "get"
        } else {
            "post"
        };
        paths.insert(
            operation.path.to_owned(),
            json!({ method: operation.described() }),
        );
    }
    let schemas: Map<String, Value> = schemas
        .into_iter()
        .map(|(name, schema)| (name, json!(schema)))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Ibid",
            "version": "1",
            "description": "Documents, what they cite, and what became of it. A token is sent as \
                «Authorization: Bearer TOKEN»; without one, what is open to all is shown.",
        },
        "paths": paths,
        "security": [{ "token": [] }, {}],
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

impl Described {
    fn put(self, schemas: &mut Vec<(String, RefOr<Schema>)>) {
        (self.put)(schemas);
    }

    fn reference(self) -> Value {
        json!({ "$ref": format!("#/components/schemas/{}", (self.name)()) })
    }
}

impl Operation {
    fn described(&self) -> Value {
        let mut parameters: Vec<Value> = self
            .query
            .iter()
            .map(|(name, kind, says)| {
                json!({ "name": name, "in": "query", "description": says, "schema": { "type": kind } })
            })
            .collect();
        if self.path.contains("{id}") {
            parameters.push(json!({
                "name": "id", "in": "path", "required": true, "schema": { "type": "integer" },
            }));
        }
        let answer = if self.is_list {
            json!({
                "type": "object",
                "required": ["items", "next"],
                "properties": {
                    "items": { "type": "array", "items": self.answer.reference() },
                    "next": {
                        "type": ["string", "null"],
                        "description": "Where the list goes on; null at its end. A part may be short, or empty, before that.",
                    },
                },
            })
        } else {
            self.answer.reference()
        };
        let problem = described::<Problem>().reference();
        let mut operation = json!({
            "summary": self.summary,
            "parameters": parameters,
            "x-scope": self.scope.as_str(),
            "responses": {
                "200": { "description": self.summary, "content": { "application/json": { "schema": answer } } },
                "default": { "description": "It was not done.", "content": { "application/problem+json": { "schema": problem } } },
            },
        });
        if let Some(body) = self.body {
            operation["requestBody"] = json!({
                "required": true,
                "content": { "application/json": { "schema": body.reference() } },
            });
        }
        operation
    }
}
