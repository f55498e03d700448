{{- define "tsfalco.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "tsfalco.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "tsfalco.name" . -}}
{{- if contains $name .Release.Name -}}{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}{{- end -}}
{{- end -}}
{{- end -}}

{{- define "tsfalco.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- define "tsfalco.selector" -}}
app.kubernetes.io/name: {{ include "tsfalco.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "tsfalco.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "tsfalco.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "tsfalco.meta" -}}
namespace: {{ include "tsfalco.namespace" . }}
labels:
  {{- include "tsfalco.labels" . | nindent 2 }}
{{- end -}}

{{- define "tsfalco.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "tsfalco.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "tsfalco.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "tsfalco.certs" -}}
{{- if .Values.certs.existingSecret -}}{{- .Values.certs.existingSecret -}}
{{- else if .Values.certs.server.key -}}{{- printf "%s-certs" (include "tsfalco.fullname" .) -}}{{- end -}}
{{- end -}}

{{/* falco.yaml with what other values say. */}}
{{- define "tsfalco.falco" -}}
{{- $falco := deepCopy .Values.falco -}}
{{- if .Values.falcosidekick.enabled -}}
{{- $url := default (printf "http://falcosidekick.%s:2801" (include "tsfalco.namespace" .)) .Values.falcosidekick.url -}}
{{- $_ := set $falco "json_output" true -}}
{{- $_ := set $falco "http_output" (dict "enabled" true "url" $url) -}}
{{- end -}}
{{- if and .Values.metrics.enabled (not (hasKey $falco "metrics")) -}}
{{- $_ := set $falco "metrics" (dict "enabled" true "interval" .Values.metrics.interval "output_rule" .Values.metrics.outputRule) -}}
{{- end -}}
{{- toYaml $falco -}}
{{- end -}}

{{/* What would run, and be wrong. */}}
{{- define "tsfalco.check" -}}
{{- if not .Values.falco.load_plugins -}}
{{- fail "falco.load_plugins is empty: nothing would be read. Take a preset (charts/tsfalco/presets) or set falco.plugins and falco.load_plugins" -}}
{{- end -}}
{{- if and (has "k8saudit-eks" .Values.falco.load_plugins) (gt (int .Values.replicas) 1) -}}
{{- range .Values.falco.plugins -}}
{{- $init := default dict .init_config -}}
{{- $text := kindIs "string" $init | ternary $init (toJson $init) -}}
{{- if and (eq .name "k8saudit-eks") (not (regexMatch `checkpoint['"]?\s*:\s*['"]?s3://` $text)) -}}
{{- fail "replicas of k8saudit-eks need a checkpoint that they share, init_config.checkpoint: s3://bucket/key; else each alerts on everything" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
