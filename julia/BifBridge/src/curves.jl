# Curves of folds and Hopf points in two parameters.

"""
    continue_curve(field, state, p, q, kind, omega, options; span, directions, hook)

Follow a fold (`kind` "fold") or a Hopf point ("hopf", with its ω) in two parameters, by
BifurcationKit's minimally augmented formulations; `options.continuation` belongs to the second
parameter, `span` bounds the first.

Returns `ways`, one per direction of the second parameter, with `parameters` (two columns),
`states`, `frequencies`, `eigenvalues`, the test functions in `tests`, `points` of codimension two
as BifurcationKit bisected them, each of them located again (`polished`, or nothing), and `status`:
BifurcationKit ends a Hopf curve at a Bogdanov–Takens point ("bogdanov_takens").
"""
function continue_curve(
    request, state::AbstractVector, p::Real, q::Real, kind::AbstractString, omega::Real,
    options::Options; span, directions = [-1.0, 1.0], hook = StepHook(),
)
    F = as_field(request)
    F.parameters == 2 || throw(FieldError(
        "a curve in two parameters needs a field of a vector of 2 parameters, got $(F.parameters)",
    ))
    hopf = kind == "hopf"
    ways, messages = quietly() do
        map(directions) do sign
            par = two_parameters(p, q)
            start = lone(
                F, state, par, ones(F.n + 1), complex(0.0, hopf ? omega : 0.0),
                hopf ? :hopf : :bp, _first_parameter(options, span),
            )
            way = _curve_way(start, F.n, options, span, Float64(sign), hook)
            _described_curve(way, F, hopf, options)
        end
    end
    return (ways = collect(Any, ways), messages = messages)
end

function _first_parameter(options, span)
    bounds = (p_min = Float64(span[1]), p_max = Float64(span[2]))
    return merge(options, (continuation = merge(options.continuation, bounds),))
end

function _curve_way(start, n, options, span, sign, hook)
    ds = sign * options.continuation.ds
    contparams = continuation_par(dense(options), n; ds, nev = nothing)
    first_parameter(z) = z.u[n+1]
    leaves(z) = span[1] <= first_parameter(z) <= span[2] ? :none : :span_end
    return watched(hook, options; leaves) do watch
        continuation(
            start, 1, SECOND_LENS, contparams;
            detect_codim2_bifurcation = 2, start_with_eigen = true, update_minaug_every_step = 1,
            bdlinsolver = MatrixBLS(), finalise_solution = watch, verbosity = 0,
        )
    end
end

function _described_curve(way::Way, F::Field, hopf::Bool, options::Options)
    branch, n = way.branch, F.n
    if branch === nothing
        return (
            parameters = zeros(0, 2), states = zeros(0, n), frequencies = Float64[],
            eigenvalues = zeros(ComplexF64, 0, n), iterations = Int[], tests = (;), points = Any[],
            polished = Any[], status = way.status,
        )
    end
    count = min(length(branch.sol), length(branch.branch))
    saved = [branch.sol[k].x for k in 1:count]
    special = [k for (k, point) in pairs(branch.specialpoint) if point.type !== :endpoint]
    points = Any[_curve_point(branch, k, n, hopf) for k in special]
    again = Any[
        options.polish ? polished_codim_two(branch, k, F, options.reach) : nothing for k in special
    ]
    status = way.status
    if hopf && status == "no_convergence" && any(point -> point.type == "bt", points)
        status = "bogdanov_takens"
    end
    return (
        parameters = rows([[saved[k].p1, branch.sol[k].p] for k in 1:count]),
        states = rows([_numbers(x.x)[1:n] for x in saved]),
        frequencies = hopf ? Float64[x.ω for x in saved] : zeros(count),
        eigenvalues = rows([count_eigenvalues(branch, k, n) for k in 1:count]),
        iterations = Int[branch.itnewton[k] for k in 1:count],
        tests = _tests(branch, count, hopf),
        points = points,
        polished = again,
        status = status,
    )
end

function _tests(branch, count, hopf)
    column(name) = getproperty(branch, name)[1:count]
    hopf && return (l1 = Vector{ComplexF64}(column(:l1)), GH = Vector{Float64}(column(:GH)))
    return (BT = Vector{Float64}(column(:BT)), CP = Vector{Float64}(column(:CP)))
end

function _curve_point(branch, k, n, hopf)
    point = branch.specialpoint[k]
    x = point.x
    return (
        type = String(point.type),
        parameters = Float64[x.p1, point.param],
        state = _numbers(x.x)[1:n],
        omega = hopf ? Float64(x.ω) : 0.0,
        status = String(point.status),
        precision = Float64(point.precision),
        index = clamp(point.idx - 1, 0, length(branch) - 1),
        normal_form = raw_normal_form(branch, k; detailed = Val(true)),
    )
end
