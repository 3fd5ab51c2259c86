"""A web service as many begin: one pod, as root, of a tag that moves."""

import pulumi_kubernetes as kubernetes

labels = {"app.kubernetes.io/name": "web"}

kubernetes.apps.v1.Deployment(
    "web",
    metadata={"name": "web", "namespace": "bookshop"},
    spec={
        "replicas": 1,
        "selector": {"match_labels": labels},
        "template": {
            "metadata": {"labels": labels},
            "spec": {"containers": [{"name": "web", "image": "registry.example.com/bookshop/web:latest"}]},
        },
    },
)
